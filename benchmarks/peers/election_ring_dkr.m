-- Leader election in a unidirectional ring (Dolev, Klawe, Rodeh): see
-- models/classics/election_ring_dkr.mdl.  For Rumur and CMurphi.
--
-- A queue is an array with the first message in place 1 and 0 in the places that are free.
const
  N: 3;
  CAPACITY: 2 * N;
type
  Index: 0 .. N - 1;
  Number: 0 .. N;
  Slot: 1 .. CAPACITY;
  Life: enum { starting, taking_part, done };
  Kind: enum { nothing, one, two, winner };
  Message: record
    kind: Kind;
    number: Number;
  end;
var
  life: array [Index] of Life;
  active: array [Index] of boolean;
  know: array [Index] of boolean;
  highest: array [Index] of Number;
  neighbour: array [Index] of Number;
  ring: array [Index] of array [Slot] of Message;  -- what its reader has not taken yet

procedure send(sender: Index; kind: Kind; number: Number);
var reader: Index; sent: boolean;
begin
  reader := (sender + 1) % N;
  sent := false;
  for s: Slot do
    if !sent & ring[reader][s].kind = nothing then
      ring[reader][s].kind := kind;
      ring[reader][s].number := number;
      sent := true;
    end;
  end;
  assert sent "a queue is full";
end;

procedure take(i: Index);
begin
  for s: Slot do
    if s < CAPACITY then
      ring[i][s] := ring[i][s + 1];
    end;
  end;
  ring[i][CAPACITY].kind := nothing;
  ring[i][CAPACITY].number := 0;
end;

startstate "start"
begin
  for i: Index do
    life[i] := starting;
    active[i] := true;
    know[i] := false;
    highest[i] := (N + 3 - (i + 1)) % N + 1;
    neighbour[i] := 0;
    for s: Slot do
      ring[i][s].kind := nothing;
      ring[i][s].number := 0;
    end;
  end;
end;

ruleset i: Index do
  rule "begin" life[i] = starting ==>
  begin
    life[i] := taking_part;
    send(i, one, highest[i]);
  end;

  rule "receive one" life[i] = taking_part & ring[i][1].kind = one ==>
  var number: Number;
  begin
    number := ring[i][1].number;
    take(i);
    if !active[i] then
      send(i, one, number);
    elsif number != highest[i] then
      neighbour[i] := number;
      send(i, two, number);
    else
      know[i] := true;
      send(i, winner, number);
    end;
  end;

  rule "receive two" life[i] = taking_part & ring[i][1].kind = two ==>
  var number: Number;
  begin
    number := ring[i][1].number;
    take(i);
    if !active[i] then
      send(i, two, number);
    elsif neighbour[i] > number & neighbour[i] > highest[i] then
      highest[i] := neighbour[i];
      send(i, one, neighbour[i]);
    else
      active[i] := false;
    end;
  end;

  rule "receive winner" life[i] = taking_part & ring[i][1].kind = winner ==>
  var number: Number;
  begin
    number := ring[i][1].number;
    take(i);
    if !know[i] then send(i, winner, number); end;
    life[i] := done;
  end;
end;

invariant "at most one leader"
  forall i: Index do forall k: Index do i != k -> !(know[i] & know[k]) end end;
