"""Pure: the rule of each instrument, the steps of a claim, deadlines, hints and the bank's answer."""
