/* Lamport's bakery: see models/classics/bakery.mdl.  Set by -D: N, TICKETS, ANNOUNCED. */
bool choosing[N];
byte number[N];
byte inside; /* how many are in their critical section; follows from where they are */

#if N == 2
#define TICKET_LEFT (number[0] < TICKETS && number[1] < TICKETS)
#else
#define TICKET_LEFT (number[0] < TICKETS && number[1] < TICKETS && number[2] < TICKETS)
#endif
#define BEHIND (other == _pid || number[other] == 0 || number[_pid] < number[other] \
  || (number[_pid] == number[other] && _pid < other))

active [N] proctype Process() {
  byte highest, other;
  do
  :: d_step { TICKET_LEFT ->
    choosing[_pid] = ANNOUNCED;
    do
    :: other < N -> highest = (number[other] > highest -> number[other] : highest); other++
    :: else -> break
    od;
    other = 0 };
  d_step { number[_pid] = highest + 1; choosing[_pid] = false; highest = 0 };
look:
  !choosing[other];
  if
  :: d_step { BEHIND && other + 1 < N -> other++ } -> goto look
  :: d_step { BEHIND && other + 1 == N -> other = N; inside++; assert(inside == 1) }
  fi;
  d_step { number[_pid] = 0; other = 0; inside-- }
  od
}
