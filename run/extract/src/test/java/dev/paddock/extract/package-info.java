@NullMarked
package dev.paddock.extract;

import org.jspecify.annotations.NullMarked;
