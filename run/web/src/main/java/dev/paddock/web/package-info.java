/** Pages as text and search, outside the box, through its proxy. */
@NullMarked
package dev.paddock.web;

import org.jspecify.annotations.NullMarked;
