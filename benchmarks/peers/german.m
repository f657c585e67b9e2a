-- German's cache coherence: see models/classics/german.mdl.  For Rumur and CMurphi.  A value that
-- means nothing is 0, as is nobody.
const
  CLIENTS: 2;
  DATA: 2;
type
  Client: 1 .. CLIENTS;
  Value: 0 .. DATA;
  CacheState: enum { invalid, shared, exclusive };
  Want: enum { no_request, share, own };
  Word: enum { silence, invalidate, grant_shared, grant_exclusive };
var
  current: Want;                             -- the request that home works on
  asker: 0 .. CLIENTS;                       -- whose it is
  owned: boolean;                            -- an exclusive copy has been granted
  memory: Value;
  latest: Value;                             -- what was stored last, by whomever
  holder: array [Client] of boolean;         -- who has a copy, or has been sent one
  to_invalidate: array [Client] of boolean;  -- who must still be told
  request: array [Client] of Want;
  said: array [Client] of Word;
  granted: array [Client] of Value;
  acknowledged: array [Client] of boolean;
  returned: array [Client] of Value;
  state: array [Client] of CacheState;
  held: array [Client] of Value;

startstate "start"
begin
  current := no_request;
  asker := 0;
  owned := false;
  memory := 1;
  latest := 1;
  for c: Client do
    holder[c] := false;
    to_invalidate[c] := false;
    request[c] := no_request;
    said[c] := silence;
    granted[c] := 0;
    acknowledged[c] := false;
    returned[c] := 0;
    state[c] := invalid;
    held[c] := 0;
  end;
end;

ruleset c: Client; v: 1 .. DATA do
  rule "store" state[c] = exclusive ==>
  begin
    held[c] := v;
    latest := v;
  end;
end;

ruleset c: Client do
  rule "ask shared" request[c] = no_request & state[c] = invalid ==>
  begin
    request[c] := share;
  end;

  rule "ask exclusive" request[c] = no_request & state[c] != exclusive ==>
  begin
    request[c] := own;
  end;

  rule "acknowledge" said[c] = invalidate & !acknowledged[c] ==>
  begin
    if state[c] = exclusive then returned[c] := held[c]; end;
    said[c] := silence;
    acknowledged[c] := true;
    state[c] := invalid;
    held[c] := 0;
  end;

  rule "receive grant" said[c] = grant_shared | said[c] = grant_exclusive ==>
  begin
    if said[c] = grant_shared then state[c] := shared; else state[c] := exclusive; end;
    held[c] := granted[c];
    said[c] := silence;
    granted[c] := 0;
  end;

  rule "accept request" current = no_request & request[c] != no_request ==>
  begin
    current := request[c];
    asker := c;
    request[c] := no_request;
    to_invalidate := holder;
  end;

  rule "call back"
    said[c] = silence & to_invalidate[c] & (current = own | (current = share & owned)) ==>
  begin
    said[c] := invalidate;
    to_invalidate[c] := false;
  end;

  rule "receive acknowledgement" acknowledged[c] & current != no_request ==>
  begin
    acknowledged[c] := false;
    holder[c] := false;
    if owned then
      owned := false;
      memory := returned[c];
      returned[c] := 0;
    end;
  end;

  rule "grant"
    current != no_request & asker = c & said[c] = silence & !owned
    & (current = share | forall k: Client do !holder[k] end) ==>
  begin
    if current = share then said[c] := grant_shared; else said[c] := grant_exclusive; end;
    granted[c] := memory;
    holder[c] := true;
    owned := current = own;
    current := no_request;
    asker := 0;
  end;
end;

invariant "an exclusive copy is the only copy"
  forall a: Client do
    forall b: Client do a != b & state[a] = exclusive -> state[b] = invalid end
  end;

invariant "memory is up to date unless a copy is owned" owned | memory = latest;

invariant "every copy is up to date"
  forall c: Client do state[c] != invalid -> held[c] = latest end;
