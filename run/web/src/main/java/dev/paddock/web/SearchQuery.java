package dev.paddock.web;

import java.util.Optional;

/**
 * What is searched for.
 *
 * @param domains which hosts the results may be of
 * @param country two letters, of the one for whom is searched
 */
record SearchQuery(String text, Domains domains, Optional<String> country) {
  /** With the domains in words that most search engines understand. */
  String inWords() {
    StringBuilder words = new StringBuilder(text);
    String sites = String.join(" OR ", domains.allowed().stream().map(d -> "site:" + d).toList());
    if (!sites.isEmpty()) {
      words.append(" (").append(sites).append(')');
    }
    domains.blocked().forEach(domain -> words.append(" -site:").append(domain));
    return words.toString();
  }
}
