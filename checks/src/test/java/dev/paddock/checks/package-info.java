/** Checks of the whole: architecture, documents, the program as its user meets it, benchmarks. */
@NullMarked
package dev.paddock.checks;

import org.jspecify.annotations.NullMarked;
