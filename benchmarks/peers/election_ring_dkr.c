/* Leader election in a unidirectional ring (Dolev, Klawe, Rodeh): see
   models/classics/election_ring_dkr.mdl.  Set by -D: N.

   A queue is an array with the first message in place 0 and 0 in the places that are free; a
   message is one byte. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { STARTING, TAKING_PART, DONE };
enum { ONE, TWO, WINNER };
#define CAPACITY (2 * N)
#define CODE(kind, number) (1 + (kind) * (N + 1) + (number))

typedef struct {
  _Alignas(8) uint8_t life[N];
  uint8_t passive[N], know[N], highest[N], neighbour[N];
  uint8_t ring[N][CAPACITY]; /* what its reader has not taken yet */
} State;

#define SUCCESSORS_MAX N

static inline void start(State *s) {
  for (int i = 0; i < N; i++) s->highest[i] = (N + 3 - (i + 1)) % N + 1;
}

static inline void send(State *t, int sender, int message) {
  uint8_t *queue = t->ring[(sender + 1) % N];
  int place = 0;
  while (queue[place]) place++; /* a queue is never full */
  queue[place] = message;
}

static inline void receive(State *t, int i) {
  int rest = t->ring[i][0] - 1, kind = rest / (N + 1), number = rest % (N + 1);
  memmove(t->ring[i], t->ring[i] + 1, CAPACITY - 1);
  t->ring[i][CAPACITY - 1] = 0;
  if (kind == WINNER) {
    if (!t->know[i]) send(t, i, CODE(WINNER, number));
    t->life[i] = DONE;
  } else if (t->passive[i]) {
    send(t, i, CODE(kind, number));
  } else if (kind == ONE) {
    if (number != t->highest[i]) {
      t->neighbour[i] = number;
      send(t, i, CODE(TWO, number));
    } else {
      t->know[i] = true;
      send(t, i, CODE(WINNER, number));
    }
  } else if (t->neighbour[i] > number && t->neighbour[i] > t->highest[i]) {
    t->highest[i] = t->neighbour[i];
    send(t, i, CODE(ONE, t->neighbour[i]));
  } else {
    t->passive[i] = true;
  }
}

static inline State *successors(const State *s, State *next) {
  for (int i = 0; i < N; i++) {
    if (s->life[i] == DONE || (s->life[i] == TAKING_PART && !s->ring[i][0])) continue;
    State *t = next++;
    memcpy(t, s, sizeof *t);
    if (s->life[i] == STARTING) {
      t->life[i] = TAKING_PART;
      send(t, i, CODE(ONE, t->highest[i]));
    } else {
      receive(t, i);
    }
  }
  return next;
}

static inline bool holds(const State *s) {
  int leaders = 0;
  for (int i = 0; i < N; i++) leaders += s->know[i];
  return leaders <= 1;
}

#include "explorer.h"
