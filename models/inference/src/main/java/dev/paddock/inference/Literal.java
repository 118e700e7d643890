package dev.paddock.inference;

/** That a value obeys a schema, or that it does not. */
record Literal(Schema schema, boolean negated) {
  static Literal of(Schema schema) {
    return new Literal(schema, false);
  }

  Literal not() {
    return new Literal(schema, !negated);
  }
}
