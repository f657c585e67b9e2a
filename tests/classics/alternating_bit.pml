/* The alternating bit protocol over queues that lose messages: see
   models/classics/alternating_bit.mdl.  Two values, queues of two.

   A loss is named by the message that is lost, so that either of two equal ones counts once; with
   queues of two that is the same as to name it by its place and count equal neighbours once. */
chan forward = [2] of { bit, byte };
chan backward = [2] of { bit };

bit sent_bit, confirmed_bit, received_bit;
byte sent, received;

#define BEGIN(b, s, r) \
  :: d_step { sent_bit = b; confirmed_bit = b; received_bit = b; sent = s; received = r }

active proctype Line() {
  /* One step more than the model has, for what is arbitrary at first. */
  if
  BEGIN(0, 1, 1) BEGIN(0, 1, 2) BEGIN(0, 2, 1) BEGIN(0, 2, 2)
  BEGIN(1, 1, 1) BEGIN(1, 1, 2) BEGIN(1, 2, 1) BEGIN(1, 2, 2)
  fi;
  do
  :: d_step { confirmed_bit == sent_bit && nfull(forward) ->
       sent_bit = 1 - sent_bit; sent = 1; forward!sent_bit, sent }
  :: d_step { confirmed_bit == sent_bit && nfull(forward) ->
       sent_bit = 1 - sent_bit; sent = 2; forward!sent_bit, sent }
  :: d_step { confirmed_bit != sent_bit && nfull(forward) -> forward!sent_bit, sent }
  :: d_step { nempty(backward) -> backward?confirmed_bit }
  :: d_step { nempty(forward) -> forward?received_bit, received;
       assert(confirmed_bit == sent_bit || received_bit != sent_bit || received == sent) }
  :: d_step { nfull(backward) -> backward!received_bit }
  :: d_step { forward??[0, 1] -> forward??0, 1 }
  :: d_step { forward??[0, 2] -> forward??0, 2 }
  :: d_step { forward??[1, 1] -> forward??1, 1 }
  :: d_step { forward??[1, 2] -> forward??1, 2 }
  :: d_step { backward??[0] -> backward??0 }
  :: d_step { backward??[1] -> backward??1 }
  od
}
