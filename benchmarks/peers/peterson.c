/* Peterson's mutual exclusion for N processes: see models/classics/peterson.mdl.  Set by -D: N.
   Processes are counted from 0 and levels from 1; in `turn` 0 is nobody. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { START, SET_LEVEL, SET_TURN, WAIT, CRITICAL };

typedef struct {
  _Alignas(8) uint8_t level[N];
  uint8_t turn[N + 1], line[N], next_level[N];
} State;

#define SUCCESSORS_MAX N

static inline void start(State *s) { (void)s; }

static inline bool may_go_on(const State *s, int p) {
  bool all_behind = true;
  for (int k = 0; k < N; k++) all_behind &= k == p || s->level[k] < s->next_level[p];
  return all_behind || s->turn[s->next_level[p]] != p + 1;
}

static inline State *successors(const State *s, State *next) {
  for (int p = 0; p < N; p++) {
    State *t = next++;
    memcpy(t, s, sizeof *t);
    switch (s->line[p]) {
      case START: t->next_level[p] = 1; t->line[p] = SET_LEVEL; break;
      case SET_LEVEL: t->level[p] = t->next_level[p]; t->line[p] = SET_TURN; break;
      case SET_TURN: t->turn[t->next_level[p]] = p + 1; t->line[p] = WAIT; break;
      case WAIT:
        if (may_go_on(s, p)) t->line[p] = ++t->next_level[p] < N ? SET_LEVEL : CRITICAL;
        break;
      default: t->level[p] = 1; t->line[p] = START;
    }
  }
  return next;
}

static inline bool holds(const State *s) {
  int inside = 0;
  for (int p = 0; p < N; p++) inside += s->line[p] == CRITICAL;
  return inside <= 1;
}

#include "explorer.h"
