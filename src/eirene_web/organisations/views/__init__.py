"""Pages of the organisation, by what people do.

desk          where one begins
who_may       who may do what
bodies        the tree of a day, a body, its names and places
posts         a post, its roles, who holds it; filling it, handing it over, inviting
people        who holds posts here, suspending
answering     the page to which an invitation leads
"""
