/* Dining philosophers with a monitor: see models/classics/dining_philosophers_monitor.mdl.
   Thinking on, eating on and finding a fork missing are steps that change nothing.  Set by -D:
   N. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { THINK, TAKE, EAT, RELEASE };
#define LEFT(p) (((p) + N - 1) % N)
#define RIGHT(p) (((p) + 1) % N)

typedef struct {
  _Alignas(8) uint8_t phase[N];
  uint8_t forks[N]; /* how many forks each could take */
} State;

#define SUCCESSORS_MAX (2 * N)

static inline void start(State *s) {
  for (int p = 0; p < N; p++) s->forks[p] = 2;
}

static inline State *successors(const State *s, State *next) {
#define STEP(...) { State *t = next++; memcpy(t, s, sizeof *t); __VA_ARGS__; }
  for (int p = 0; p < N; p++) {
    switch (s->phase[p]) {
      case THINK:
        STEP()
        STEP(t->phase[p] = TAKE)
        break;
      case TAKE:
        STEP(if (s->forks[p] == 2) {
          t->forks[LEFT(p)]--; t->forks[RIGHT(p)]--; t->phase[p] = EAT;
        })
        break;
      case EAT:
        STEP()
        STEP(t->phase[p] = RELEASE)
        break;
      default:
        STEP(t->forks[LEFT(p)]++; t->forks[RIGHT(p)]++; t->phase[p] = THINK)
    }
  }
  return next;
}

static inline bool holds(const State *s) {
  bool fine = true;
  for (int p = 0; p < N; p++) fine &= s->phase[p] != EAT || s->phase[RIGHT(p)] != EAT;
  return fine;
}

#include "explorer.h"
