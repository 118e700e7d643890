/** Puts store, models, sandbox and loop together. */
@NullMarked
package dev.paddock.node;

import org.jspecify.annotations.NullMarked;
