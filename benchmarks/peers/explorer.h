/* Explores every state of a model in C: what a good C programmer would write for models in general.

   The model comes first.  It says what a state is (`State`, one byte per variable), how the first
   one is set (`start`, in memory that is all zero), what follows a state (`successors`, written one
   after the other; the end is returned) and what must hold (`holds`).  From there on a state is a
   row of words, and nothing is fitted to one model: not the hash, not the layout.

   Breadth-first and exact.  Every state is kept in full in one array, in the order in which it was
   found, which makes the array the queue too; beside it stands from which state it was found, for
   runs.  The visited set is a table with open addressing; an entry holds 32 bits of the hash and
   the number of the state, so the table grows in one pass without a look at the states.  Successors
   are made in batches, so that the memory they need is on its way before it is read.

   Usage: PROGRAM [log2 of the first size of the table, 16 if not said] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define BATCH 64
#define WORDS (sizeof(State) / 8)
#define BUFFER (BATCH * SUCCESSORS_MAX)

typedef union { State state; uint64_t words[WORDS]; } Record;
_Static_assert(sizeof(State) % 8 == 0, "the first variable of a state is aligned to a word");

static uint64_t *table, table_bits, table_mask;
static Record *states;
static uint32_t *found_from;
static uint64_t count; /* of states */

static void *fresh_memory(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) { perror("mmap"); exit(1); }
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

/* The upper half is what an entry keeps.  Each word is multiplied into what came before. */
static inline uint64_t hash_of(const Record *record) {
  uint64_t hash = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < WORDS; i++) {
    unsigned __int128 product = (unsigned __int128)(record->words[i] ^ hash) * 0xd6e8feb86659fd93;
    hash = (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  return hash * 0x9e3779b97f4a7c15;
}

static inline bool same(const Record *one, const Record *other) {
  uint64_t different = 0;
  for (size_t i = 0; i < WORDS; i++) different |= one->words[i] ^ other->words[i];
  return different == 0;
}

static inline uint64_t home_of(uint64_t tag) { return tag >> (32 - table_bits); }

static void grow_table(void) {
  uint64_t *old = table, old_size = table_mask + 1;
  table_bits++;
  table_mask = (UINT64_C(1) << table_bits) - 1;
  table = fresh_memory(8 * (table_mask + 1));
  for (uint64_t i = 0; i < old_size; i++) {
    if (!old[i]) continue;
    uint64_t place = home_of(old[i] >> 32);
    while (table[place]) place = (place + 1) & table_mask;
    table[place] = old[i];
  }
  munmap(old, 8 * old_size);
}

/* Keeps a state that is new.  A number in the table is one more than it is: 0 is a free place. */
static inline void insert(const Record *record, uint64_t hash, uint32_t from) {
  uint64_t tag = hash >> 32, place = home_of(tag);
  for (; table[place]; place = (place + 1) & table_mask)
    if (table[place] >> 32 == tag && same(states + (uint32_t)table[place] - 1, record)) return;
  if (!holds(&record->state)) { printf("the invariant does not hold\n"); exit(2); }
  states[count] = *record;
  found_from[count] = from;
  count++;
  table[place] = tag << 32 | count;
}

int main(int argc, char **argv) {
  static Record buffer[BUFFER];
  static uint64_t hashes[BUFFER];
  static uint32_t from[BUFFER];
  uint64_t transitions = 0, terminal = 0, depth = 0;

  double began = seconds_now();
  table_bits = argc > 1 ? strtoul(argv[1], NULL, 10) : 16;
  table_mask = (UINT64_C(1) << table_bits) - 1;
  table = fresh_memory(8 * (table_mask + 1));
  states = fresh_memory((UINT64_C(1) << 28) * sizeof(Record));
  found_from = fresh_memory((UINT64_C(1) << 28) * sizeof(uint32_t));

  start(&buffer[0].state);
  insert(buffer, hash_of(buffer), 0);
  for (uint64_t level = 0, level_end = 1;; depth++) {
    for (uint64_t first = level; first < level_end; first += BATCH) {
      uint64_t last = first + BATCH < level_end ? first + BATCH : level_end;
      uint32_t made = 0;
      if ((count + BUFFER) * 4 > (table_mask + 1) * 3) grow_table();
      for (uint64_t i = first; i < last; i++) {
        uint32_t before = made;
        made = (Record *)successors(&states[i].state, &buffer[made].state) - buffer;
        terminal += made == before;
        for (uint32_t k = before; k < made; k++) {
          from[k] = i;
          hashes[k] = hash_of(buffer + k);
          __builtin_prefetch(table + home_of(hashes[k] >> 32), 1, 0);
        }
      }
      transitions += made;
      for (uint32_t k = 0; k < made; k++) { /* a state with this tag is most likely the same one */
        uint64_t tag = hashes[k] >> 32, place = home_of(tag);
        for (; table[place]; place = (place + 1) & table_mask)
          if (table[place] >> 32 == tag) {
            __builtin_prefetch(states + (uint32_t)table[place] - 1, 0, 0);
            break;
          }
      }
      for (uint32_t k = 0; k < made; k++) insert(buffer + k, hashes[k], from[k]);
    }
    if (count == level_end) break;
    level = level_end;
    level_end = count;
  }
  printf("states=%lu transitions=%lu depth=%lu terminal=%lu bytes=%zu seconds=%.6f\n",
         count, transitions, depth, terminal, sizeof(Record), seconds_now() - began);
}
