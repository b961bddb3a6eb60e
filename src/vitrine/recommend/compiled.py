"""The one place where functions are compiled: typed for readers, machine code for processors.

Loading the compiler takes most of a second and 77 MB: whoever serves pages imports nothing of it.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function of arrays for one processor. The machine code is kept beside its file."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def spread(function: Function) -> Function:
    """Compile a function whose `numba.prange` loop is shared out: each turn writes its own row.

    Sums are taken in one order whatever the number of processors, so that answers do not differ.
    For a single one (``NUMBA_NUM_THREADS=1``) it is compiled without, in half the time.
    """
    is_shared = numba.config.NUMBA_NUM_THREADS > 1  # type: ignore[attr-defined]
    return cast(Function, numba.njit(cache=True, nogil=True, parallel=is_shared)(function))
