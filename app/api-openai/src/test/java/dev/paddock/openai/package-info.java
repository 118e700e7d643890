@NullMarked
package dev.paddock.openai;

import org.jspecify.annotations.NullMarked;
