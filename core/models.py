"""No tables: core is the floor that every app stands on. (Django tells apps by this module.)"""
