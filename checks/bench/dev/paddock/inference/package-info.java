/** The inference module's benchmark. */
@NullMarked
package dev.paddock.inference;

import org.jspecify.annotations.NullMarked;
