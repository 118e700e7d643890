/** Every model behind one stream of events; what is known of models and where to get them. */
@NullMarked
package dev.paddock.provider;

import org.jspecify.annotations.NullMarked;
