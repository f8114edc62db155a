"""Policy for everybody: the facts that are kept, how cases are grouped, what a rule comes to over them, and what a change would do."""
