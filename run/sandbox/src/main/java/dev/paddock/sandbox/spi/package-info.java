/** What confines an agent's commands, wherever they run. */
@NullMarked
package dev.paddock.sandbox.spi;

import org.jspecify.annotations.NullMarked;
