/** The extract module's benchmark. */
@NullMarked
package dev.paddock.extract;

import org.jspecify.annotations.NullMarked;
