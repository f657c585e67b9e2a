/* Leader election in a unidirectional ring (Dolev, Klawe, Rodeh): see
   models/classics/election_ring_dkr.mdl.  Set by -D: N.

   `xr` and `xs` say who alone reads and writes a channel, which a partial-order reduction can use;
   it cannot use it where `leaders` is written.  A member that is done reads nothing any more, as
   the winner is the last message. */
mtype = { one, two, winner };
chan ring[N] = [2 * N] of { mtype, byte };
byte leaders; /* follows from what the members know */

#define OWN ((N + 3 - (_pid + 1)) % N + 1)

active [N] proctype Member() {
  byte number, neighbour;
  byte highest;
  bool passive, know;
  chan inbox = ring[_pid];
  chan next = ring[(_pid + 1) % N];
  xr inbox;
  xs next;

  d_step { highest = OWN; next!one, highest };
end:
  do
  :: d_step { inbox?one, number ->
       if
       :: passive -> next!one, number
       :: !passive && number != highest -> next!two, number; neighbour = number
       :: else -> know = true; leaders++; assert(leaders == 1); next!winner, number
       fi;
       number = 0 }
  :: d_step { inbox?two, number ->
       if
       :: passive -> next!two, number
       :: !passive && neighbour > number && neighbour > highest ->
          highest = neighbour; next!one, neighbour
       :: else -> passive = true
       fi;
       number = 0 }
  :: d_step { inbox?winner, number ->
       if :: know :: else -> next!winner, number fi;
       number = 0 }
  od
}
