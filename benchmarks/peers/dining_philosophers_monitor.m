-- Dining philosophers with a monitor: see models/classics/dining_philosophers_monitor.mdl.  For
-- Rumur and CMurphi.  Thinking on, eating on and finding a fork missing are steps that change
-- nothing.
const
  N: 4;
type
  Place: 0 .. N - 1;
  Phase: enum { think, take, eat, release };
var
  phase: array [Place] of Phase;
  forks: array [Place] of 0 .. 2;  -- how many forks each could take

function left(p: Place): Place;
begin
  return (p + N - 1) % N;
end;

function right(p: Place): Place;
begin
  return (p + 1) % N;
end;

startstate "start"
begin
  for p: Place do
    phase[p] := think;
    forks[p] := 2;
  end;
end;

ruleset p: Place do
  rule "think on" phase[p] = think ==>
  begin
    phase[p] := think;
  end;

  rule "get hungry" phase[p] = think ==>
  begin
    phase[p] := take;
  end;

  rule "reach" phase[p] = take ==>
  begin
    if forks[p] = 2 then
      forks[left(p)] := forks[left(p)] - 1;
      forks[right(p)] := forks[right(p)] - 1;
      phase[p] := eat;
    end;
  end;

  rule "eat on" phase[p] = eat ==>
  begin
    phase[p] := eat;
  end;

  rule "finish" phase[p] = eat ==>
  begin
    phase[p] := release;
  end;

  rule "put down" phase[p] = release ==>
  begin
    forks[left(p)] := forks[left(p)] + 1;
    forks[right(p)] := forks[right(p)] + 1;
    phase[p] := think;
  end;
end;

invariant "neighbours never eat together"
  forall p: Place do !(phase[p] = eat & phase[(p + 1) % N] = eat) end;
