"""Where an entry of a book stands, and what may come next."""

from collections.abc import Iterator, Mapping

from ohdesk.domain.register.definition import Definition, State, word
from ohdesk.domain.register.values import Value, blanks
from ohdesk.errors import Problem
from ohdesk.i18n import tr


def first_state(definition: Definition) -> str:
    """Return the state in which an entry begins, "" for a book without states."""
    return definition.states[0].key if definition.states else ""


def state_of(definition: Definition, key: str) -> State | None:
    """Return a state by its key; None for one that this definition does not know."""
    return next((each for each in definition.states if each.key == key), None)


def state_word(definition: Definition, key: str) -> str:
    """Return a state in words; one that this definition does not know as it stands."""
    state = state_of(definition, key)
    return key if state is None else word(state.label)


def following(definition: Definition, key: str) -> tuple[State, ...]:
    """Return the states that may follow one; from one that this definition does not know all are open."""
    state = state_of(definition, key)
    if state is None:
        return definition.states
    return tuple(each for each in definition.states if each.key in state.to)


def turn_problems(definition: Definition, before: str, after: str, values: Mapping[str, Value]) -> Iterator[Problem]:
    """Yield what speaks against an entry's turning from a state to another with these values; before: "" for a new one.

    The fields that the new state needs are asked for even where it was reached before.
    """
    state = state_of(definition, after)
    if state is None or (before and before != after and state not in following(definition, before)):
        allowed = following(definition, before) if before else definition.states[:1]
        expected = " / ".join(word(each.label) for each in allowed) or tr("不再变动")
        yield Problem(tr("状态"), expected, state_word(definition, after), field="state")
        return
    why = tr("“{state}”要先填写。", state=word(state.label))
    yield from blanks(definition, values, dict.fromkeys(state.needs, why))
