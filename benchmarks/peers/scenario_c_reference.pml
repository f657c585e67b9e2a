/* The yardstick of scenario C: see models/classics/scenario_c_reference.mdl.  Set by -D: M,
   K (1 to 6).

   Written for speed, unlike tests/classics/scenario_c_reference.pml.  A message is one byte instead
   of an entry of a channel, and the network is sorted from high to low, 0 for a free place, so that
   its contents have one form.  There is one process for everything, as each process makes a state
   longer and the search slower (by a seventh, if the mobile node, the gateways and the network have
   one each).  Every `d_step` is one step.  What is used only within a step is hidden from the
   state; a search that is compiled to go breadth-first refuses that, so with BREADTH_FIRST it is in
   the state, always 0 between steps. */
#define NUMBERS (M + 2) /* of sequence numbers and of times */
#define CODE(kind, number, mag, flag) \
  (1 + (((kind) * NUMBERS + (number)) * 2 + ((mag) - 1)) * 2 + (flag))

#define MAG1 1
#define MAG2 2
#define FOREIGN 3

#define HOME 0
#define NEED 1
#define WAIT_REGISTRATION 2
#define REGISTERED 3
#define RETURNED 4
#define WAIT_DEREGISTRATION 5

#define IDLE 0
#define ATTACHED 1
#define WAIT_ANSWER 2
#define SERVING 3
#define DETACHED 4

#define BU 0
#define BA 1
#define PBU 2
#define PBA 3

byte location = FOREIGN, moves, mobile = NEED, sequence;
byte gateway[3];            /* 1 and 2 are used */
byte bound, bound_sequence; /* the home agent's entry */
byte server, served_at;     /* the anchor's entry; 0: none */
byte net[K];

#ifdef BREADTH_FIRST
byte message, smaller, kind, number, mag, flag, i;
#define FORGET message = 0; smaller = 0; kind = 0; number = 0; mag = 0; flag = 0; i = 0
#else
hidden byte message, smaller, kind, number, mag, flag, i;
#define FORGET skip
#endif

#define AT(g) (gateway[g] == ATTACHED || gateway[g] == WAIT_ANSWER || gateway[g] == SERVING)
#define SANE (bound_sequence <= sequence && (bound || bound_sequence == 0) && served_at <= moves \
  && (!AT(MAG1) || location == MAG1) && (!AT(MAG2) || location == MAG2))
#define END FORGET; assert(SANE)

#define ROOM (net[K - 1] == 0)
#define TUNNEL (location != FOREIGN && gateway[location] == SERVING)

inline add(added) {
  message = added;
  i = 0;
  do
  :: i < K ->
     if
     :: net[i] < message -> smaller = net[i]; net[i] = message; message = smaller
     :: else
     fi;
     i++
  :: else -> break
  od
}

inline take(place) {
  i = place;
  do
  :: i < K - 1 -> net[i] = net[i + 1]; i++
  :: else -> break
  od;
  net[K - 1] = 0
}

inline move(to) {
  if
  :: location != FOREIGN ->
     if
     :: gateway[location] == ATTACHED -> gateway[location] = IDLE
     :: else -> gateway[location] = DETACHED
     fi
  :: else
  fi;
  if
  :: to == FOREIGN -> mobile = NEED
  :: else ->
     gateway[to] = ATTACHED;
     if :: location == FOREIGN -> mobile = RETURNED :: else fi
  fi;
  location = to;
  moves++
}

inline receive(place) {
  kind = net[place] - 1;
  flag = kind % 2;
  mag = (kind / 2) % 2 + 1;
  number = (kind / 4) % NUMBERS;
  kind = (kind / 4) / NUMBERS;
  take(place);
  if
  :: kind == BU ->
     if
     :: !bound || number >= bound_sequence ->
        bound = flag;
        bound_sequence = flag * number;
        add(CODE(BA, number, 1, 0))
     :: else -> add(CODE(BA, bound_sequence, 1, 1))
     fi
  :: kind == BA ->
     if
     :: !flag && number == sequence && mobile == WAIT_REGISTRATION -> mobile = REGISTERED
     :: !flag && number == sequence && mobile == WAIT_DEREGISTRATION -> mobile = HOME
     :: else
     fi
  :: kind == PBU && flag ->
     if
     :: !server || number >= served_at ->
        server = mag;
        served_at = number;
        add(CODE(PBA, number, mag, 0))
     :: else -> add(CODE(PBA, number, mag, 1))
     fi
  :: kind == PBU && !flag ->
     if :: server == mag && number >= served_at -> server = 0; served_at = 0 :: else fi
  :: else ->
     if
     :: !flag && gateway[mag] == WAIT_ANSWER && number == moves -> gateway[mag] = SERVING
     :: else
     fi
  fi
}

#define GATEWAY(g) \
  :: d_step { ROOM && gateway[g] == ATTACHED -> \
       gateway[g] = WAIT_ANSWER; add(CODE(PBU, moves, g, 1)); END } \
  :: d_step { ROOM && gateway[g] == WAIT_ANSWER -> add(CODE(PBU, moves, g, 1)); END } \
  :: d_step { ROOM && gateway[g] == DETACHED -> \
       gateway[g] = IDLE; add(CODE(PBU, moves, g, 0)); END }

/* A copy is not another message: only the first of equal ones is received, lost or duplicated. */
#define FIRST(place) (net[place] && (place == 0 || net[place] != net[place - 1 + (place == 0)]))
#define PLACE(place) \
  :: d_step { FIRST(place) -> receive(place); END } \
  :: d_step { FIRST(place) -> take(place); END } \
  :: d_step { ROOM && FIRST(place) -> add(net[place]); END }

active proctype Everything() {
end:
  do
  :: d_step { moves < M && location != MAG1 -> move(MAG1); END }
  :: d_step { moves < M && location != MAG2 -> move(MAG2); END }
  :: d_step { moves < M && location != FOREIGN -> move(FOREIGN); END }
  :: d_step { ROOM && mobile == NEED ->
       sequence++; mobile = WAIT_REGISTRATION; add(CODE(BU, sequence, 1, 1)); END }
  :: d_step { ROOM && mobile == WAIT_REGISTRATION -> add(CODE(BU, sequence, 1, 1)); END }
  :: d_step { ROOM && mobile == RETURNED && TUNNEL ->
       sequence++; mobile = WAIT_DEREGISTRATION; add(CODE(BU, sequence, 1, 0)); END }
  :: d_step { ROOM && mobile == WAIT_DEREGISTRATION && TUNNEL ->
       add(CODE(BU, sequence, 1, 0)); END }
  GATEWAY(MAG1)
  GATEWAY(MAG2)
  PLACE(0)
#if K > 1
  PLACE(1)
#endif
#if K > 2
  PLACE(2)
#endif
#if K > 3
  PLACE(3)
#endif
#if K > 4
  PLACE(4)
#endif
#if K > 5
  PLACE(5)
#endif
  od
}
