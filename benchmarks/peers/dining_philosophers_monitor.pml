/* Dining philosophers with a monitor: see models/classics/dining_philosophers_monitor.mdl.
   Thinking on, eating on and finding a fork missing are steps that change nothing.  Set by -D: N
   (at most 10). */
#define THINK 0
#define TAKE 1
#define EAT 2
#define RELEASE 3

byte phase[N];
byte forks[N] = 2; /* how many forks each could take */

#define LEFT ((_pid + N - 1) % N)
#define RIGHT ((_pid + 1) % N)

active [N] proctype Philosopher() {
  do
  :: d_step { phase[_pid] == THINK -> skip }
  :: d_step { phase[_pid] == THINK -> phase[_pid] = TAKE }
  :: d_step { phase[_pid] == TAKE && forks[_pid] == 2 ->
       forks[LEFT]--; forks[RIGHT]--; phase[_pid] = EAT;
       assert(phase[LEFT] != EAT && phase[RIGHT] != EAT) }
  :: d_step { phase[_pid] == TAKE && forks[_pid] != 2 -> skip }
  :: d_step { phase[_pid] == EAT -> skip }
  :: d_step { phase[_pid] == EAT -> phase[_pid] = RELEASE }
  :: d_step { phase[_pid] == RELEASE -> forks[LEFT]++; forks[RIGHT]++; phase[_pid] = THINK }
  od
}
