"""Risk classes (风险类别): two axes, exposure and management, and the class that both make."""
