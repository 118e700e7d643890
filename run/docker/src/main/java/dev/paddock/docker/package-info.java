/** Sandboxes in containers. */
@NullMarked
package dev.paddock.docker;

import org.jspecify.annotations.NullMarked;
