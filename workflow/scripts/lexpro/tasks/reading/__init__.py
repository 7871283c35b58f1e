"""One reader of what a model states in words, for benchmarks and rewards alike.

`said` takes off what is not the answer: layout, the copied prompt, questions that the model asks
itself, refusals. `statements` reads "field: value". The other modules read one kind of value each.
"""
