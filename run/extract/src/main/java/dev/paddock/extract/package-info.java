/** Finds the values a schema asks for in documents, each copied from a place that it names. */
@NullMarked
package dev.paddock.extract;

import org.jspecify.annotations.NullMarked;
