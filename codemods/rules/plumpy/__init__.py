"""PLM: the plumpy API of 2018 to 2019 becomes today's."""
