/* German's cache coherence: see models/classics/german.mdl.  Set by -D: CLIENTS, DATA.  Clients are
   counted from 0 and values from 1; 0 is no value. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { INVALID, SHARED, EXCLUSIVE };
enum { NOTHING, SHARE, OWN };
enum { INVALIDATE = 1, GRANT_SHARED, GRANT_EXCLUSIVE };

typedef struct {
  _Alignas(8) uint8_t current;     /* the request that home works on */
  uint8_t asker;                   /* whose it is, counted from 1; 0: nobody's */
  uint8_t owned, memory, latest;
  uint8_t holder[CLIENTS], to_invalidate[CLIENTS];
  uint8_t request[CLIENTS], said[CLIENTS], granted[CLIENTS];
  uint8_t acknowledged[CLIENTS], returned[CLIENTS];
  uint8_t state[CLIENTS], value[CLIENTS];
} State;

#define SUCCESSORS_MAX (CLIENTS * (DATA + 8))

static inline void start(State *s) { s->memory = s->latest = 1; }

static inline State *successors(const State *s, State *next) {
#define STEP(guard, ...) \
  if (guard) { State *t = next++; memcpy(t, s, sizeof *t); __VA_ARGS__; }
  bool alone = true;
  for (int c = 0; c < CLIENTS; c++) alone &= !s->holder[c];

  for (int c = 0; c < CLIENTS; c++) {
    for (int v = 1; v <= DATA; v++)
      STEP(s->state[c] == EXCLUSIVE, t->value[c] = v; t->latest = v)
    STEP(!s->request[c] && s->state[c] == INVALID, t->request[c] = SHARE)
    STEP(!s->request[c] && s->state[c] != EXCLUSIVE, t->request[c] = OWN)
    STEP(s->said[c] == INVALIDATE && !s->acknowledged[c],
         if (s->state[c] == EXCLUSIVE) t->returned[c] = s->value[c];
         t->said[c] = NOTHING; t->acknowledged[c] = true; t->state[c] = INVALID; t->value[c] = 0)
    STEP(s->said[c] == GRANT_SHARED || s->said[c] == GRANT_EXCLUSIVE,
         t->state[c] = s->said[c] == GRANT_SHARED ? SHARED : EXCLUSIVE; t->value[c] = s->granted[c];
         t->said[c] = NOTHING; t->granted[c] = 0)
    STEP(!s->current && s->request[c],
         t->current = s->request[c]; t->asker = c + 1; t->request[c] = NOTHING;
         memcpy(t->to_invalidate, s->holder, CLIENTS))
    STEP(!s->said[c] && s->to_invalidate[c]
           && (s->current == OWN || (s->current == SHARE && s->owned)),
         t->said[c] = INVALIDATE; t->to_invalidate[c] = false)
    STEP(s->acknowledged[c] && s->current,
         t->acknowledged[c] = false; t->holder[c] = false;
         if (s->owned) { t->owned = false; t->memory = s->returned[c]; t->returned[c] = 0; })
    STEP(s->current && s->asker == c + 1 && !s->said[c] && !s->owned
           && (s->current == SHARE || alone),
         t->said[c] = s->current == SHARE ? GRANT_SHARED : GRANT_EXCLUSIVE;
         t->granted[c] = s->memory; t->holder[c] = true; t->owned = s->current == OWN;
         t->current = NOTHING; t->asker = 0)
  }
  return next;
}

static inline bool holds(const State *s) {
  if (!s->owned && s->memory != s->latest) return false;
  for (int a = 0; a < CLIENTS; a++) {
    if (s->state[a] != INVALID && s->value[a] != s->latest) return false;
    for (int b = 0; b < CLIENTS; b++)
      if (a != b && s->state[a] == EXCLUSIVE && s->state[b] != INVALID) return false;
  }
  return true;
}

#include "explorer.h"
