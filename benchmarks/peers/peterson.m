-- Peterson's mutual exclusion for N processes: see models/classics/peterson.mdl.  For Rumur and
-- CMurphi.  Waiting is a step that changes nothing.  The processes are alike, which a symmetry
-- reduction can use; until somebody has come to a level, its turn is undefined.
const
  N: 3;
type
  Process: scalarset(N);
  Level: 0 .. N;
  Line: enum { start, set_level, set_turn, waiting, critical };
var
  level: array [Process] of Level;     -- how far a process has come, as the others see it
  turn: array [Level] of Process;      -- who came last to a level
  line: array [Process] of Line;
  next_level: array [Process] of Level;

startstate "start"
begin
  undefine turn;
  for p: Process do
    level[p] := 0;
    line[p] := start;
    next_level[p] := 0;
  end;
end;

ruleset p: Process do
  rule "begin" line[p] = start ==>
  begin
    next_level[p] := 1;
    line[p] := set_level;
  end;

  rule "announce" line[p] = set_level ==>
  begin
    level[p] := next_level[p];
    line[p] := set_turn;
  end;

  rule "give way" line[p] = set_turn ==>
  begin
    turn[next_level[p]] := p;
    line[p] := waiting;
  end;

  rule "look" line[p] = waiting ==>
  begin
    if turn[next_level[p]] != p
       | forall k: Process do k = p | level[k] < next_level[p] end then
      next_level[p] := next_level[p] + 1;
      if next_level[p] < N then line[p] := set_level; else line[p] := critical; end;
    end;
  end;

  rule "leave" line[p] = critical ==>
  begin
    level[p] := 1;
    line[p] := start;
  end;
end;

invariant "at most one process is in its critical section"
  forall p: Process do
    forall q: Process do p != q -> !(line[p] = critical & line[q] = critical) end
  end;
