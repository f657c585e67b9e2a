-- The yardstick of scenario C: see models/classics/scenario_c_reference.mdl.  For Rumur and
-- CMurphi.
--
-- A message is one number and the network is sorted from high to low, 0 for a free place, so that
-- its contents have one form.
const
  M: 2;            -- how often the mobile node may move
  K: 2;            -- how many messages the network may hold
  NUMBERS: M + 2;  -- of sequence numbers and of times
type
  Number: 0 .. M + 1;
  Place: 1 .. 3;   -- 1 and 2: with a gateway; 3: abroad
  Mag: 1 .. 2;
  Flag: 0 .. 1;    -- lifetime or rejection
  Kind: 0 .. 3;    -- BU, BA, PBU, PBA
  Code: 0 .. 16 * NUMBERS;
  Slot: 1 .. K;
  Mobile: enum { home, need, wait_registration, registered, returned, wait_deregistration };
  Gateway: enum { idle, attached, wait_answer, serving, detached };
var
  location: Place;
  moves: 0 .. M;
  mobile: Mobile;
  sequence: Number;
  gateway: array [Mag] of Gateway;
  bound: Flag;             -- the home agent's entry
  bound_sequence: Number;
  server: 0 .. 2;          -- the anchor's entry; 0: none
  served_at: Number;
  net: array [Slot] of Code;

function code(kind: Kind; number: Number; mag: Mag; flag: Flag): Code;
begin
  return 1 + ((kind * NUMBERS + number) * 2 + (mag - 1)) * 2 + flag;
end;

procedure add(added: Code);
var message, smaller: Code;
begin
  message := added;
  for i: Slot do
    if net[i] < message then
      smaller := net[i];
      net[i] := message;
      message := smaller;
    end;
  end;
end;

procedure take(place: Slot);
begin
  for i: Slot do
    if i >= place & i < K then net[i] := net[i + 1]; end;
  end;
  net[K] := 0;
end;

startstate "start"
begin
  location := 3;
  moves := 0;
  mobile := need;
  sequence := 0;
  for m: Mag do gateway[m] := idle; end;
  bound := 0;
  bound_sequence := 0;
  server := 0;
  served_at := 0;
  for i: Slot do net[i] := 0; end;
end;

ruleset target: Place do
  rule "move" moves < M & target != location ==>
  begin
    if location != 3 then
      if gateway[location] = attached then gateway[location] := idle;
      else gateway[location] := detached; end;
    end;
    if target = 3 then
      mobile := need;
    else
      gateway[target] := attached;
      if location = 3 then mobile := returned; end;
    end;
    location := target;
    moves := moves + 1;
  end;
end;

rule "send registration" net[K] = 0 & mobile = need ==>
begin
  sequence := sequence + 1;
  mobile := wait_registration;
  add(code(0, sequence, 1, 1));
end;

rule "resend registration" net[K] = 0 & mobile = wait_registration ==>
begin
  add(code(0, sequence, 1, 1));
end;

-- Returned, or waiting for the answer to a de-registration: never abroad.
rule "send deregistration" net[K] = 0 & mobile = returned & gateway[location] = serving ==>
begin
  sequence := sequence + 1;
  mobile := wait_deregistration;
  add(code(0, sequence, 1, 0));
end;

rule "resend deregistration"
  net[K] = 0 & mobile = wait_deregistration & gateway[location] = serving ==>
begin
  add(code(0, sequence, 1, 0));
end;

ruleset m: Mag do
  rule "send update" net[K] = 0 & gateway[m] = attached ==>
  begin
    gateway[m] := wait_answer;
    add(code(2, moves, m, 1));
  end;

  rule "resend update" net[K] = 0 & gateway[m] = wait_answer ==>
  begin
    add(code(2, moves, m, 1));
  end;

  rule "send proxy deregistration" net[K] = 0 & gateway[m] = detached ==>
  begin
    gateway[m] := idle;
    add(code(2, moves, m, 0));
  end;
end;

-- A copy is not another message: only the first of equal ones is received, lost or duplicated.
ruleset i: Slot do
  rule "lose" net[i] != 0 & (i = 1 | net[i] != net[i - 1]) ==>
  begin
    take(i);
  end;

  rule "duplicate" net[K] = 0 & net[i] != 0 & (i = 1 | net[i] != net[i - 1]) ==>
  begin
    add(net[i]);
  end;

  rule "receive" net[i] != 0 & (i = 1 | net[i] != net[i - 1]) ==>
  var message: Code; kind: Kind; number: Number; mag: Mag; flag: Flag;
  begin
    message := net[i] - 1;
    flag := message % 2;
    mag := (message / 2) % 2 + 1;
    number := (message / 4) % NUMBERS;
    kind := (message / 4) / NUMBERS;
    take(i);
    if kind = 0 then                       -- BU at the home agent
      if bound = 0 | number >= bound_sequence then
        bound := flag;
        if flag = 1 then bound_sequence := number; else bound_sequence := 0; end;
        add(code(1, number, 1, 0));
      else
        add(code(1, bound_sequence, 1, 1));
      end;
    elsif kind = 1 then                    -- BA at the mobile node
      if flag = 0 & number = sequence then
        if mobile = wait_registration then mobile := registered;
        elsif mobile = wait_deregistration then mobile := home; end;
      end;
    elsif kind = 2 & flag = 1 then         -- PBU at the anchor
      if server = 0 | number >= served_at then
        server := mag;
        served_at := number;
        add(code(3, number, mag, 0));
      else
        add(code(3, number, mag, 1));
      end;
    elsif kind = 2 then
      if server = mag & number >= served_at then
        server := 0;
        served_at := 0;
      end;
    else                                   -- PBA at a gateway
      if flag = 0 & gateway[mag] = wait_answer & number = moves then gateway[mag] := serving; end;
    end;
  end;
end;

invariant "sane"
  bound_sequence <= sequence & (bound = 1 | bound_sequence = 0) & served_at <= moves &
  forall m: Mag do
    (gateway[m] = attached | gateway[m] = wait_answer | gateway[m] = serving) -> location = m
  end;
