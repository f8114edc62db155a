"""Workers, organisations and places, and the facts other domains rely on: certificates, employment and insurance spells."""
