package dev.paddock.web;

import java.util.Optional;

/** A page that a search found; its texts are data from the web. */
record SearchHit(WebUrl url, String title, String snippet, Optional<String> date) {}
