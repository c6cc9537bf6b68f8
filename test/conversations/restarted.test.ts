import { tell } from './runner.ts'
import { eachStory } from './stories.ts'
import { restarted } from './variants.ts'

eachStory('restarted after every delivery', (story) => tell(story, restarted), 0)
