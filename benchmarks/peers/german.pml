/* German's cache coherence: see models/classics/german.mdl.  Set by -D: CLIENTS and DATA (1 to 4).
   Clients are counted from 0 and values from 1; 0 is no value.  Home is one with its clients, as
   each process makes a state longer. */
#define INVALID 0
#define SHARED 1
#define EXCLUSIVE 2

#define NOTHING 0
#define SHARE 1
#define OWN 2

#define INVALIDATE 1
#define GRANT_SHARED 2
#define GRANT_EXCLUSIVE 3

byte current;         /* the request that home works on */
byte asker;           /* whose it is, counted from 1; 0: nobody's */
bool owned;           /* an exclusive copy has been granted */
byte memory = 1;
byte latest = 1;      /* what was stored last, by whomever */
byte holders;         /* a bit for each that has a copy, or has been sent one */
byte to_invalidate;   /* a bit for each that must still be told */
byte request[CLIENTS], said[CLIENTS], granted[CLIENTS];
bool acknowledged[CLIENTS];
byte returned[CLIENTS];
byte state[CLIENTS], value[CLIENTS];

#define BIT(c) (1 << (c))

#define NO_COPY_BUT(c, k) (k == c || state[k] == INVALID)
#define UP_TO_DATE(k) (state[k] == INVALID || value[k] == latest)
#define COPY(k) (UP_TO_DATE(k) && (state[k] != EXCLUSIVE || ALONE(k)))
#if CLIENTS == 1
#define ALONE(c) true
#define COPIES COPY(0)
#elif CLIENTS == 2
#define ALONE(c) (NO_COPY_BUT(c, 0) && NO_COPY_BUT(c, 1))
#define COPIES (COPY(0) && COPY(1))
#elif CLIENTS == 3
#define ALONE(c) (NO_COPY_BUT(c, 0) && NO_COPY_BUT(c, 1) && NO_COPY_BUT(c, 2))
#define COPIES (COPY(0) && COPY(1) && COPY(2))
#else
#define ALONE(c) \
  (NO_COPY_BUT(c, 0) && NO_COPY_BUT(c, 1) && NO_COPY_BUT(c, 2) && NO_COPY_BUT(c, 3))
#define COPIES (COPY(0) && COPY(1) && COPY(2) && COPY(3))
#endif
#define COHERENT assert((owned || memory == latest) && COPIES)

#define STORE(c, v) \
  :: d_step { state[c] == EXCLUSIVE -> value[c] = v; latest = v; COHERENT }

#if DATA == 1
#define STORES(c) STORE(c, 1)
#elif DATA == 2
#define STORES(c) STORE(c, 1) STORE(c, 2)
#elif DATA == 3
#define STORES(c) STORE(c, 1) STORE(c, 2) STORE(c, 3)
#else
#define STORES(c) STORE(c, 1) STORE(c, 2) STORE(c, 3) STORE(c, 4)
#endif

#define CLIENT(c) \
  STORES(c) \
  :: d_step { request[c] == NOTHING && state[c] == INVALID -> request[c] = SHARE } \
  :: d_step { request[c] == NOTHING && state[c] != EXCLUSIVE -> request[c] = OWN } \
  :: d_step { said[c] == INVALIDATE && !acknowledged[c] -> \
       if :: state[c] == EXCLUSIVE -> returned[c] = value[c] :: else fi; \
       said[c] = NOTHING; acknowledged[c] = true; state[c] = INVALID; value[c] = 0 } \
  :: d_step { said[c] > INVALIDATE -> \
       state[c] = (said[c] == GRANT_SHARED -> SHARED : EXCLUSIVE); value[c] = granted[c]; \
       said[c] = NOTHING; granted[c] = 0; COHERENT } \
  :: d_step { current == NOTHING && request[c] != NOTHING -> \
       current = request[c]; asker = c + 1; request[c] = NOTHING; to_invalidate = holders } \
  :: d_step { said[c] == NOTHING && (to_invalidate & BIT(c)) \
         && (current == OWN || (current == SHARE && owned)) -> \
       said[c] = INVALIDATE; to_invalidate = to_invalidate & ~BIT(c) } \
  :: d_step { acknowledged[c] && current != NOTHING -> \
       acknowledged[c] = false; holders = holders & ~BIT(c); \
       if \
       :: owned -> owned = false; memory = returned[c]; returned[c] = 0 \
       :: else \
       fi; COHERENT } \
  :: d_step { current != NOTHING && asker == c + 1 && said[c] == NOTHING && !owned \
         && (current == SHARE || holders == 0) -> \
       said[c] = (current == SHARE -> GRANT_SHARED : GRANT_EXCLUSIVE); granted[c] = memory; \
       holders = holders | BIT(c); owned = (current == OWN); current = NOTHING; asker = 0; \
       COHERENT }

active proctype Everything() {
end:
  do
  CLIENT(0)
#if CLIENTS > 1
  CLIENT(1)
#endif
#if CLIENTS > 2
  CLIENT(2)
#endif
#if CLIENTS > 3
  CLIENT(3)
#endif
  od
}
