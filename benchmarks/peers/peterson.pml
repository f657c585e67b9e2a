/* Peterson's mutual exclusion for N processes: see models/classics/peterson.mdl.  Every label is a
   place between two steps; waiting is a step that changes nothing.  Set by -D: N (3 to 6). */
byte level[N];      /* how far each process has come, as the others see it */
byte turn[N + 1];   /* who came last to a level, counted from 1 */
byte inside;        /* how many are in their critical section; follows from where they are */

#define BEHIND(k) (k == _pid || level[k] < next)
#define BEHIND3 (BEHIND(0) && BEHIND(1) && BEHIND(2))
#if N == 3
#define ALL_BEHIND BEHIND3
#elif N == 4
#define ALL_BEHIND (BEHIND3 && BEHIND(3))
#elif N == 5
#define ALL_BEHIND (BEHIND3 && BEHIND(3) && BEHIND(4))
#else
#define ALL_BEHIND (BEHIND3 && BEHIND(3) && BEHIND(4) && BEHIND(5))
#endif
#define MAY_GO_ON (turn[next] != _pid + 1 || ALL_BEHIND)

active [N] proctype Process() {
  byte next;
begin:
  next = 1;
announce:
  level[_pid] = next;
  turn[next] = _pid + 1;
wait:
  if
  :: d_step { MAY_GO_ON && next + 1 < N -> next++ } -> goto announce
  :: d_step { MAY_GO_ON && next + 1 == N -> next++; inside++; assert(inside == 1) }
  :: d_step { !MAY_GO_ON -> skip } -> goto wait
  fi;
  d_step { level[_pid] = 1; inside-- };
  goto begin
}
