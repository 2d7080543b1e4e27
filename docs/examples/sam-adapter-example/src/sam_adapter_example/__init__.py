"""Books out of the Orchard CRM."""
