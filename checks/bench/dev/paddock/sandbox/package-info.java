/** The sandbox module's benchmark. */
@NullMarked
package dev.paddock.sandbox;

import org.jspecify.annotations.NullMarked;
