"""From the text of a module to functions that can be called: the only door to LLVM.

Code is made in two qualities.  Plain code is there a few milliseconds after the text; optimised
code (two passes and a good code generator, which give nearly all that the full pipeline gives)
takes ten times as long and is two to three times as fast.  Objects are kept on disk by
`store`.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass, field
from typing import Any

import llvmlite.binding as llvm

from verifier import store
from verifier.engines.native.program import Text

_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "initial": (None, ctypes.c_void_p),
    "enter": (None, ctypes.c_void_p, ctypes.c_void_p),
    "expand": (None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64),
    "insert": (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64),
    "rehash": (None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64),
    "collect": (
        ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64,
    ),
    "drive": (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p),
    "rebuild": (None, ctypes.c_void_p),
    "step": (None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64),
}  # fmt: skip

_lock = threading.Lock()  # the library's own compiler is not ours to share between threads


@dataclass(frozen=True, slots=True)
class Code:
    """The functions of a module.  ``engine`` owns them: without it a call would crash."""

    optimised: bool
    lines: int  # of its text
    scratch_words: int  # of room that it needs in the block of each worker
    engine: Any = field(repr=False)
    functions: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.functions[name]
        except KeyError:
            raise AttributeError(name) from None


def _machine(*, optimised: bool) -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=_features(),
        opt=2 if optimised else 0,
        codemodel="jitdefault",
        jit=True,
    )


def _features() -> str:
    try:
        return str(llvm.get_host_cpu_features().flatten())
    except RuntimeError:  # the processor does not say
        return ""


def key(text_digest: str, *, optimised: bool) -> str:
    """What an object depends on: the code, the processor and the library."""
    parts = (
        text_digest,
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        _features(),
        ".".join(map(str, llvm.llvm_version_info)),
        "optimised" if optimised else "plain",
    )
    return "\n".join(parts)


def cached(text_digest: str, *, optimised: bool) -> Code | None:
    """The code as it was compiled before."""
    found = store.recall(store.Kind.OBJECT, key(text_digest, optimised=optimised).encode())
    if found is None:
        return None
    lines, scratch = (int.from_bytes(found[at : at + 8], "little") for at in (0, 8))
    return _load(found[16:], lines, scratch, optimised=optimised)


def compile_text(text: Text, text_digest: str, *, optimised: bool) -> Code:
    """Compiles a module, and keeps the object."""
    with _lock:
        module = llvm.parse_assembly(text.lines)
        module.verify()
        machine = _machine(optimised=optimised)
        if optimised:
            _improve(module, machine)
        compiled = bytes(machine.emit_object(module))
    numbers = (text.lines.count("\n"), text.scratch_words)
    head = b"".join(number.to_bytes(8, "little") for number in numbers)
    full_key = key(text_digest, optimised=optimised).encode()
    store.keep(store.Kind.OBJECT, full_key, head + compiled)
    return _load(compiled, *numbers, optimised=optimised)


def _improve(module: Any, machine: Any) -> None:
    """Stack slots become registers and instructions simple ones; more passes than these two bring
    one per cent and cost three times as much."""
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(2))
    passes = llvm.create_new_function_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    for function in module.functions:
        if not function.is_declaration:
            passes.run(function, builder)


def _load(compiled: bytes, lines: int, scratch_words: int, *, optimised: bool) -> Code:
    """Links an object into the process."""
    with _lock:
        machine = _machine(optimised=optimised)
        empty = llvm.parse_assembly("")
        empty.triple = llvm.get_process_triple()
        engine = llvm.create_mcjit_compiler(empty, machine)
        engine.add_object_file(llvm.ObjectFileRef.from_data(compiled))
        engine.finalize_object()
        functions = {}
        for name, (result, *arguments) in _SIGNATURES.items():
            address = engine.get_function_address(name)
            assert address, f"{name} is not in the module"
            functions[name] = ctypes.CFUNCTYPE(result, *arguments)(address)
    return Code(optimised, lines, scratch_words, engine, functions)
