/* The yardstick of scenario C: see models/classics/scenario_c_reference.mdl.  Set by -D: M, K.

   The network is a sorted queue, so that its contents have one form whatever the order of sending.
   There is one process for every message that could be in flight: it receives, loses or duplicates
   that message, once however many copies there are. */
#define NUMBERS (M + 2)   /* of sequence numbers and of times */

mtype = { home, need, wait_registration, registered, returned, wait_deregistration,
          idle, attached, wait_answer, serving, detached };

#define BU 0
#define BA 1
#define PBU 2
#define PBA 3
/* kind, number, gateway (0 or 1; 0 where it has no meaning), flag: lifetime or rejection */
chan net = [K] of { byte, byte, byte, byte };
#define ROOM (len(net) < K)

byte location = 2;        /* 0 and 1: with a gateway; 2: abroad */
byte moves;
mtype mobile = need;
byte sequence;
mtype gateway[2] = idle;
bool bound;               /* the home agent's entry */
byte bound_sequence;
byte server = 2;          /* the anchor's entry; 2: none */
byte served_at;

#define WITH_GATEWAY(g) \
  (gateway[g] == attached || gateway[g] == wait_answer || gateway[g] == serving)
#define SANE (bound_sequence <= sequence && (bound || bound_sequence == 0) && served_at <= moves \
  && (!WITH_GATEWAY(0) || location == 0) && (!WITH_GATEWAY(1) || location == 1))

#ifdef MISROUTE
#define SETTLED (len(net) == 0 \
  && (mobile == home || mobile == registered || mobile == returned) \
  && (gateway[0] == idle || gateway[0] == serving) \
  && (gateway[1] == idle || gateway[1] == serving))
#define RIGHT (!SETTLED || (bound && location == 2) || (!bound && server == location && server < 2))
#else
#define RIGHT true
#endif
#define CHECK assert(SANE && RIGHT)

/* Receiving, losing and duplicating; the number of messages there could be is 12 * NUMBERS, and
   the process number says which one it is. */
#define VARIANT (_pid % 12)
#define NUMBER (_pid / 12)
#define KIND (VARIANT < 2 -> BU : (VARIANT < 4 -> BA : (VARIANT < 8 -> PBU : PBA)))
#define GATEWAY (VARIANT < 4 -> 0 : (VARIANT / 2) % 2)
#define FLAG (VARIANT % 2)
#define IN_FLIGHT net??[eval(KIND), eval(NUMBER), eval(GATEWAY), eval(FLAG)]
#define TAKE net??eval(KIND), eval(NUMBER), eval(GATEWAY), eval(FLAG)

active [12 * NUMBERS] proctype Message() {
end:
  do
  :: d_step { IN_FLIGHT && KIND == BU -> TAKE;
       if
       :: (!bound || NUMBER >= bound_sequence) ->
          bound = FLAG; bound_sequence = FLAG * NUMBER; net!!BA, NUMBER, 0, 0
       :: else -> net!!BA, bound_sequence, 0, 1
       fi; CHECK }
  :: d_step { IN_FLIGHT && KIND == BA -> TAKE;
       if
       :: FLAG == 0 && NUMBER == sequence && mobile == wait_registration -> mobile = registered
       :: FLAG == 0 && NUMBER == sequence && mobile == wait_deregistration -> mobile = home
       :: else
       fi; CHECK }
  :: d_step { IN_FLIGHT && KIND == PBU && FLAG == 1 -> TAKE;
       if
       :: (server == 2 || NUMBER >= served_at) ->
          server = GATEWAY; served_at = NUMBER; net!!PBA, NUMBER, GATEWAY, 0
       :: else -> net!!PBA, NUMBER, GATEWAY, 1
       fi; CHECK }
  :: d_step { IN_FLIGHT && KIND == PBU && FLAG == 0 -> TAKE;
       if
       :: server == GATEWAY && NUMBER >= served_at -> server = 2; served_at = 0
       :: else
       fi; CHECK }
  :: d_step { IN_FLIGHT && KIND == PBA -> TAKE;
       if
       :: FLAG == 0 && gateway[GATEWAY] == wait_answer && NUMBER == moves ->
          gateway[GATEWAY] = serving
       :: else
       fi; CHECK }
  :: d_step { IN_FLIGHT -> TAKE; CHECK }
  :: d_step { IN_FLIGHT && ROOM -> net!!KIND, NUMBER, GATEWAY, FLAG; CHECK }
  od
}

#define TUNNEL (location < 2 && gateway[location] == serving)

active proctype MobileNode() {
end:
  do
  :: d_step { ROOM && mobile == need ->
       sequence++; mobile = wait_registration; net!!BU, sequence, 0, 1; CHECK }
  :: d_step { ROOM && mobile == wait_registration -> net!!BU, sequence, 0, 1; CHECK }
  :: d_step { ROOM && mobile == returned && TUNNEL ->
       sequence++; mobile = wait_deregistration; net!!BU, sequence, 0, 0; CHECK }
  :: d_step { ROOM && mobile == wait_deregistration && TUNNEL -> net!!BU, sequence, 0, 0; CHECK }
  od
}

#define ME (_pid - 12 * NUMBERS - 1)

active [2] proctype Gateway() {
end:
  do
  :: d_step { ROOM && gateway[ME] == attached ->
       gateway[ME] = wait_answer; net!!PBU, moves, ME, 1; CHECK }
  :: d_step { ROOM && gateway[ME] == wait_answer -> net!!PBU, moves, ME, 1; CHECK }
  :: d_step { ROOM && gateway[ME] == detached -> gateway[ME] = idle; net!!PBU, moves, ME, 0; CHECK }
  od
}

inline leave() {
  if
  :: location == 2
  :: location < 2 && gateway[location] == attached -> gateway[location] = idle
  :: location < 2 && gateway[location] != attached -> gateway[location] = detached
  fi
}
inline come_home(g) {
  if :: location == 2 -> mobile = returned :: else fi;
  gateway[g] = attached;
  location = g
}

active proctype Movement() {
end:
  do
  :: d_step { moves < M && location != 0 -> leave(); come_home(0); moves++; CHECK }
  :: d_step { moves < M && location != 1 -> leave(); come_home(1); moves++; CHECK }
  :: d_step { moves < M && location != 2 -> leave(); mobile = need; location = 2; moves++; CHECK }
  od
}
