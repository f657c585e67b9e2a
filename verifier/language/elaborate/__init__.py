"""From a checked tree to the transition system: types are settled and code is lowered in one walk.

One walk, because nearly all that a type is needed for here is to build the typed expression; two
would match on every construct twice and could disagree (decision 007).  Node code is elaborated
once per instance, so that a node's variables are plain variables of the system.
"""
