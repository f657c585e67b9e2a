/* Two-phase commit (Gray and Lamport), messages as a set that only grows: see
   models/classics/two_phase_commit.mdl.  Set by -D: N (3 or 4). */
mtype = { working, prepared, committed, aborted };
bool prepared_sent[N], seen[N];
bool commit_sent, abort_sent;
byte seen_count; /* follows from `seen` */
byte committed_count, aborted_count; /* follow from the managers' states */

active [N] proctype Manager() {
  mtype state = working;
end:
  do
  :: d_step { state == working -> state = prepared; prepared_sent[_pid] = true }
  :: d_step { state == working -> state = aborted; aborted_count++;
       assert(committed_count == 0) }
  :: d_step { commit_sent -> committed_count = committed_count + (state != committed -> 1 : 0);
       state = committed; assert(aborted_count == 0) }
  :: d_step { abort_sent -> aborted_count = aborted_count + (state != aborted -> 1 : 0);
       state = aborted; assert(committed_count == 0) }
  od
}

#define SEE(m) seen_count = seen_count + (seen[m] -> 0 : 1); seen[m] = true

active proctype Coordinator() {
  bool open = true;
end:
  do
  :: d_step { open && seen_count == N -> open = false; commit_sent = true }
  :: d_step { open -> open = false; abort_sent = true }
  :: d_step { open && prepared_sent[0] -> SEE(0) }
  :: d_step { open && prepared_sent[1] -> SEE(1) }
  :: d_step { open && prepared_sent[2] -> SEE(2) }
#if N > 3
  :: d_step { open && prepared_sent[3] -> SEE(3) }
#endif
  od
}
