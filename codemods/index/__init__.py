"""What the rules ask: one file as scopes, references and canonical names; all files as one project."""
