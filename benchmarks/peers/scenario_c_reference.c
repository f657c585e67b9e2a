/* The yardstick of scenario C: see models/classics/scenario_c_reference.mdl.  Set by -D: M, K.

   A message is one byte, as its ranges allow, and the network is sorted from high to low, 0 for a
   free place, so that its contents have one form.  Each action copies the state and works on the
   copy, as a simple translator would write it. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MAG1 = 1, MAG2, FOREIGN };
enum { HOME, NEED, WAIT_REGISTRATION, REGISTERED, RETURNED, WAIT_DEREGISTRATION };
enum { IDLE, ATTACHED, WAIT_ANSWER, SERVING, DETACHED };
enum { BU, BA, PBU, PBA };
#define NUMBERS (M + 2) /* of sequence numbers and of times */
#define CODE(kind, number, mag, flag) \
  (1 + (((kind) * NUMBERS + (number)) * 2 + ((mag) - 1)) * 2 + (flag))

typedef struct {
  _Alignas(8) uint8_t location;
  uint8_t moves, mobile, sequence;
  uint8_t gateway[3];            /* 1 and 2 are used */
  uint8_t bound, bound_sequence; /* the home agent's entry */
  uint8_t server, served_at;     /* the anchor's entry; 0: none */
  uint8_t net[K];
} State;

#define SUCCESSORS_MAX (12 + 3 * K)

static inline void add(State *s, uint8_t message) {
  for (int i = 0; i < K; i++)
    if (s->net[i] < message) {
      uint8_t smaller = s->net[i];
      s->net[i] = message;
      message = smaller;
    }
}

static inline void take(State *s, int place) {
  for (int i = 0; i < K - 1; i++)
    if (i >= place) s->net[i] = s->net[i + 1];
  s->net[K - 1] = 0;
}

static inline void move(State *t, int to) {
  if (t->location != FOREIGN)
    t->gateway[t->location] = t->gateway[t->location] == ATTACHED ? IDLE : DETACHED;
  if (to == FOREIGN) {
    t->mobile = NEED;
  } else {
    t->gateway[to] = ATTACHED;
    if (t->location == FOREIGN) t->mobile = RETURNED;
  }
  t->location = to;
  t->moves++;
}

static inline void receive(State *t, uint8_t message) {
  int rest = message - 1, flag = rest % 2, mag = rest / 2 % 2 + 1;
  int number = rest / 4 % NUMBERS, kind = rest / 4 / NUMBERS;
  switch (kind) {
    case BU:
      if (!t->bound || number >= t->bound_sequence) {
        t->bound = flag;
        t->bound_sequence = flag ? number : 0;
        add(t, CODE(BA, number, 1, 0));
      } else {
        add(t, CODE(BA, t->bound_sequence, 1, 1));
      }
      break;
    case BA:
      if (!flag && number == t->sequence) {
        if (t->mobile == WAIT_REGISTRATION) t->mobile = REGISTERED;
        else if (t->mobile == WAIT_DEREGISTRATION) t->mobile = HOME;
      }
      break;
    case PBU:
      if (flag) {
        if (!t->server || number >= t->served_at) {
          t->server = mag;
          t->served_at = number;
          add(t, CODE(PBA, number, mag, 0));
        } else {
          add(t, CODE(PBA, number, mag, 1));
        }
      } else if (t->server == mag && number >= t->served_at) {
        t->server = 0;
        t->served_at = 0;
      }
      break;
    default:
      if (!flag && t->gateway[mag] == WAIT_ANSWER && number == t->moves) t->gateway[mag] = SERVING;
  }
}

static inline void start(State *s) {
  s->location = FOREIGN;
  s->mobile = NEED;
}

static inline State *successors(const State *s, State *next) {
#define STEP(guard, ...) \
  if (guard) { State *t = next++; memcpy(t, s, sizeof *t); __VA_ARGS__; }
  bool room = s->net[K - 1] == 0;
  bool tunnel = s->location != FOREIGN && s->gateway[s->location] == SERVING;

  for (int to = MAG1; to <= FOREIGN; to++)
    STEP(s->moves < M && to != s->location, move(t, to))
  STEP(room && s->mobile == NEED,
       t->mobile = WAIT_REGISTRATION; add(t, CODE(BU, ++t->sequence, 1, 1)))
  STEP(room && s->mobile == WAIT_REGISTRATION, add(t, CODE(BU, t->sequence, 1, 1)))
  STEP(room && s->mobile == RETURNED && tunnel,
       t->mobile = WAIT_DEREGISTRATION; add(t, CODE(BU, ++t->sequence, 1, 0)))
  STEP(room && s->mobile == WAIT_DEREGISTRATION && tunnel, add(t, CODE(BU, t->sequence, 1, 0)))
  for (int g = MAG1; g <= MAG2; g++) {
    STEP(room && s->gateway[g] == ATTACHED,
         t->gateway[g] = WAIT_ANSWER; add(t, CODE(PBU, t->moves, g, 1)))
    STEP(room && s->gateway[g] == WAIT_ANSWER, add(t, CODE(PBU, t->moves, g, 1)))
    STEP(room && s->gateway[g] == DETACHED,
         t->gateway[g] = IDLE; add(t, CODE(PBU, t->moves, g, 0)))
  }
  for (int i = 0; i < K && s->net[i]; i++) {
    if (i > 0 && s->net[i] == s->net[i - 1]) continue; /* a copy is not another message */
    STEP(true, take(t, i))
    STEP(room, add(t, s->net[i]))
    STEP(true, take(t, i); receive(t, s->net[i]))
  }
  return next;
}

static inline bool at(const State *s, int g) {
  return s->gateway[g] == ATTACHED || s->gateway[g] == WAIT_ANSWER || s->gateway[g] == SERVING;
}

static inline bool holds(const State *s) {
  return s->bound_sequence <= s->sequence && (s->bound || s->bound_sequence == 0)
      && s->served_at <= s->moves && (!at(s, MAG1) || s->location == MAG1)
      && (!at(s, MAG2) || s->location == MAG2);
}

#include "explorer.h"
