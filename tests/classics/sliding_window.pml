/* A sliding window protocol that goes back: see models/classics/sliding_window.mdl.  Set by -D:
   ITEMS (4 or 5), WINDOW, NUMBERS; queues of two.  CONFIRMED_IS_ASKED 0 leaves only the assertion
   that the right items are taken.

   Only the item is sent, as its sequence number follows from it.  A loss is named by the message
   that is lost: with queues of two that is the same as to name its place and count equal
   neighbours once. */
chan forward = [2] of { byte };
chan backward = [2] of { byte };
byte confirmed, next; /* the sender's */
byte wanted;          /* the receiver's */
byte item, place;     /* only within a step */

#define SEND_AGAIN(i) \
  :: d_step { nfull(forward) && confirmed <= i && i < next -> forward!i }
#define LOSE(i) \
  :: d_step { forward??[i] -> forward??i }
#define LOSE_ACKNOWLEDGEMENT(i) \
  :: d_step { backward??[i] -> backward??i }

active proctype Both() {
end:
  do
  :: d_step { nfull(forward) && next < ITEMS && next < confirmed + WINDOW ->
       forward!next; next++ }
  SEND_AGAIN(0) SEND_AGAIN(1) SEND_AGAIN(2) SEND_AGAIN(3)
#if ITEMS > 4
  SEND_AGAIN(4)
#endif
  :: d_step { nempty(backward) -> backward?item;
       /* At most one place in the window has this number if there are numbers enough; the last
          one is taken otherwise. */
       place = next;
       do
       :: place > confirmed && place % NUMBERS != item -> place--
       :: else -> break
       od;
       confirmed = place; item = 0; place = 0;
       assert(!CONFIRMED_IS_ASKED || confirmed <= wanted) }
  :: d_step { nempty(forward) && nfull(backward) -> forward?item;
       if
       :: wanted < ITEMS && item % NUMBERS == wanted % NUMBERS ->
          assert(item == wanted); wanted++
       :: else
       fi;
       item = 0;
       backward!(wanted % NUMBERS) }
  LOSE(0) LOSE(1) LOSE(2) LOSE(3)
#if ITEMS > 4
  LOSE(4)
#endif
  LOSE_ACKNOWLEDGEMENT(0) LOSE_ACKNOWLEDGEMENT(1)
#if NUMBERS > 2
  LOSE_ACKNOWLEDGEMENT(2)
#endif
#if NUMBERS > 3
  LOSE_ACKNOWLEDGEMENT(3)
#endif
  od
}
