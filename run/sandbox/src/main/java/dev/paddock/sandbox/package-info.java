/** Confines what an agent runs. */
@NullMarked
package dev.paddock.sandbox;

import org.jspecify.annotations.NullMarked;
