/* Leader election in a unidirectional ring (Dolev, Klawe, Rodeh): see
   models/classics/election_ring_dkr.mdl.  Set by -D: N. */
mtype = { one, two, winner };
chan ring[N] = [2 * N] of { mtype, byte };
byte leaders; /* follows from what the members know */

#define OWN ((N + 3 - (_pid + 1)) % N + 1)
#define INBOX ring[_pid]
#define NEXT ring[(_pid + 1) % N]

active [N] proctype Member() {
  byte number, neighbour;
  byte highest;
  bool passive, know;

  d_step { highest = OWN; NEXT!one, highest };
  do
  :: d_step { INBOX?[one, _] -> INBOX?one, number;
       if
       :: passive -> NEXT!one, number
       :: !passive && number != highest -> NEXT!two, number; neighbour = number
       :: else -> know = true; leaders++; assert(leaders == 1); NEXT!winner, number
       fi;
       number = 0 }
  :: d_step { INBOX?[two, _] -> INBOX?two, number;
       if
       :: passive -> NEXT!two, number
       :: !passive && neighbour > number && neighbour > highest ->
          highest = neighbour; NEXT!one, neighbour
       :: else -> passive = true
       fi;
       number = 0 }
  :: d_step { INBOX?[winner, _] -> INBOX?winner, number;
       if :: know :: else -> NEXT!winner, number fi;
       number = 0 };
     break
  od;
end:
  false /* a member that is done stays, so that its end is not a step of its own */
}
