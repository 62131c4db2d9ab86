"""placeholder"""
def recover(host): pass
