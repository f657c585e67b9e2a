/* Dining philosophers, each with the left fork first: see models/classics/dining_philosophers.mdl.
   Set by -D: N. */
bool taken[N];

active [N] proctype Philosopher() {
  do
  :: d_step { !taken[_pid] -> taken[_pid] = true };
     d_step { !taken[(_pid + 1) % N] -> taken[(_pid + 1) % N] = true };
     d_step { taken[_pid] = false; taken[(_pid + 1) % N] = false }
  od
}
