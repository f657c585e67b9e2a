/* Readers and writers: see models/classics/readers_writers.mdl.  Set by -D: CLIENTS (2 or 3),
   READERS_COUNT. */
mtype = { idle, waiting, reading, writing, ask_read, ask_write, leave, grant_read, grant_write };
chan to_lock[CLIENTS] = [2] of { mtype };
chan from_lock[CLIENTS] = [2] of { mtype };
mtype phase[CLIENTS] = idle;
byte inside_reading, inside_writing; /* follow from the phases */

active [CLIENTS] proctype Client() {
  do
  :: d_step { phase[_pid] == idle -> to_lock[_pid]!ask_read; phase[_pid] = waiting }
  :: d_step { phase[_pid] == idle -> to_lock[_pid]!ask_write; phase[_pid] = waiting }
  :: d_step { from_lock[_pid]?[grant_read] -> from_lock[_pid]?grant_read;
       phase[_pid] = reading; inside_reading++; assert(inside_writing == 0) }
  :: d_step { from_lock[_pid]?[grant_write] -> from_lock[_pid]?grant_write;
       phase[_pid] = writing; inside_writing++;
       assert(inside_writing == 1 && inside_reading == 0) }
  :: d_step { phase[_pid] == reading ->
       inside_reading--; to_lock[_pid]!leave; phase[_pid] = idle }
  :: d_step { phase[_pid] == writing ->
       inside_writing--; to_lock[_pid]!leave; phase[_pid] = idle }
  od
}

bool reads[CLIENTS];
byte readers;          /* how many read; follows from `reads` */
byte writer = CLIENTS; /* CLIENTS: nobody */

#define SERVE(c) \
  :: d_step { to_lock[c]?[ask_read] && writer == CLIENTS -> to_lock[c]?ask_read; \
       reads[c] = true; readers++; from_lock[c]!grant_read } \
  :: d_step { to_lock[c]?[ask_write] && writer == CLIENTS && (readers == 0 || !READERS_COUNT) -> \
       to_lock[c]?ask_write; writer = c; from_lock[c]!grant_write } \
  :: d_step { to_lock[c]?[leave] -> to_lock[c]?leave; \
       readers = readers - reads[c]; reads[c] = false; \
       writer = (writer == c -> CLIENTS : writer) }

active proctype Lock() {
  do
  SERVE(0)
  SERVE(1)
#if CLIENTS > 2
  SERVE(2)
#endif
  od
}
